# The lab: four real hosts on this machine (see Tests/Lab/README.md). Included by the top-level Makefile.
LAB_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

.PHONY: lab lab-down lab-status lab-build lab-selftest lab-test lab-bench

lab: ## Start the lab: four hosts with systemd, sshd and containerd
	@$(LAB_DIR)/lab.sh up

lab-down: ## Stop the lab and remove all that it made, except the cache
	@$(LAB_DIR)/lab.sh down

lab-status: ## Show the lab's hosts
	@$(LAB_DIR)/lab.sh status

lab-build: ## Build what the lab needs into its cache, start nothing
	@$(LAB_DIR)/lab.sh build

lab-selftest: ## Test the lab itself: reboot, isolation, clean end
	@$(LAB_DIR)/lab-selftest.sh

lab-test: build ## Drive Easel through create, scale, upgrade and delete on the lab's hosts
	@$(LAB_DIR)/lab-test.sh

lab-bench: build ## Create a cluster by Easel and by hand on fresh hosts, and print both times (LAB_RUNS=3)
	@$(LAB_DIR)/lab-bench.sh

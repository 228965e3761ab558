#pragma once
#include "csys_tty.h"

#include "CAssets.h"

static const unsigned char default_theme[] = {
#embed "../../themes/default.theme"
};
static const unsigned char dark_theme[] = {
#embed "../../themes/dark.theme"
};
static const unsigned char light_theme[] = {
#embed "../../themes/light.theme"
};
static const unsigned char high_contrast_theme[] = {
#embed "../../themes/high-contrast.theme"
};
static const unsigned char colour_blind_theme[] = {
#embed "../../themes/colour-blind-safe.theme"
};
static const unsigned char console_theme[] = {
#embed "../../themes/linux-console.theme"
};

static const cassets_file themes[] = {
    {"default", default_theme, sizeof default_theme},
    {"dark", dark_theme, sizeof dark_theme},
    {"light", light_theme, sizeof light_theme},
    {"high-contrast", high_contrast_theme, sizeof high_contrast_theme},
    {"colour-blind-safe", colour_blind_theme, sizeof colour_blind_theme},
    {"linux-console", console_theme, sizeof console_theme},
};

const cassets_file *cassets_themes(size_t *count) {
  *count = sizeof themes / sizeof themes[0];
  return themes;
}

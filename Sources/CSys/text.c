#define _GNU_SOURCE
#include "csys_text.h"
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char domain[] = "easel";

static const char *_Nullable wanted(void) {
  static const char *_Nonnull const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *value = getenv(names[i]);
    if (value != NULL && *value != '\0') return value;
  }
  return NULL;
}

int csys_text_open(const char *_Nonnull folder) {
  const char *locale = setlocale(LC_MESSAGES, NULL);
  if (locale == NULL || strcmp(locale, "C") == 0) {
    // The locale is not installed on this machine: the language that it names is enough for us.
    const char *name = wanted();
    if (name != NULL && strcmp(name, "C") != 0 && strcmp(name, "POSIX") != 0) setenv("LANGUAGE", name, 0);
    if (getenv("LANGUAGE") == NULL || setlocale(LC_MESSAGES, "C.UTF-8") == NULL) return 0;
  }
  if (bindtextdomain(domain, folder) == NULL || bind_textdomain_codeset(domain, "UTF-8") == NULL) return 0;
  // A catalogue's header is the translation of the empty text.
  return *dgettext(domain, "") != '\0';
}

const char *_Nonnull csys_text(const char *_Nonnull text) { return *text == '\0' ? text : dgettext(domain, text); }

const char *_Nonnull csys_text_counted(const char *_Nonnull one, const char *_Nonnull other, unsigned long count) {
  return dngettext(domain, one, other, count);
}

#pragma once
// Texts in the user's language, by the C library's gettext.

/// Looks for the catalogue of the user's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG, in that order) in
/// FOLDER/LANGUAGE/LC_MESSAGES/easel.mo. Works without an installed locale of that language. Answers 1 when there is one. To be
/// called once, after setlocale and before other threads run.
int csys_text_open(const char *_Nonnull folder);

/// A text in the user's language; the text itself where the catalogue has none. What is returned lives for ever.
const char *_Nonnull csys_text(const char *_Nonnull text);

/// The same with the plural rules of the user's language; the answer is one of the two where the catalogue has none.
const char *_Nonnull csys_text_counted(const char *_Nonnull one, const char *_Nonnull other, unsigned long count);

/** Patterns of what people type. No control characters, none that turn the direction of writing, and no half of a character (a surrogate alone). */
export const PLAIN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$';
/** The same, and something must be said: blanks alone are no reason. */
export const WORDED = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$';

/** Patterns of what people type. No control characters, and none that turn the direction of writing. */
export const PLAIN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$';
/** The same, and something must be said: blanks alone are no reason. */
export const WORDED = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$';

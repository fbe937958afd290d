/** Build id, put in by vite.config.ts; `dev` under vitest. */
declare const __BUILD__: string;
declare module '*.css';

import { type Say, sayIn, sayOr, useDeskWords, wordsLoader } from './phone-words.ts';

// Whoever imports these draws with all of them: they are here before the page is.
await wordsLoader('desk', async (lang) =>
  lang === 'zh' ? (await import('./zh-desk.ts')).zhDesk : (await import('./en-desk.ts')).enDesk,
);

export { type Say, sayIn, sayOr, useDeskWords };

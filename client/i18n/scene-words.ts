import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import { addMessages, loadAlso } from './t.ts';

const here = new Set<Lang>();
async function load(lang: Lang): Promise<void> {
  if (here.has(lang)) return;
  const words = lang === 'zh' ? (await import('./zh-scenes.ts')).zhScenes : (await import('./en-scenes.ts')).enScenes;
  addMessages(lang, words);
  here.add(lang);
}
loadAlso(load);
// Scenes, health and passwords draw with these words: whoever imports this waits for them.
await load(useConsole.getState().lang);

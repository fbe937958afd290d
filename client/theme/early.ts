import { applyTheme, keptChoice } from './theme.ts';

/** A script of its own in the head (`vite-early-theme.ts`): it runs before anything is painted, so that nothing flashes. */
applyTheme(keptChoice());

import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/panels.css';
import './styles/lists.css';
import './styles/chrome.css';
import './styles/wall.css';
import './styles/take-over.css';
import './styles/phone.css';
import './styles/desk.css';
import { App } from './app.tsx';
import { loadMessages } from './i18n/t.ts';
import { CrashGuard } from './screens/CrashGuard.tsx';
import { useConsole } from './state/console-store.ts';

/** The words of the first language come before the first picture; while the server is away that is tried again. */
async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) return;
  try {
    await loadMessages(useConsole.getState().lang);
  } catch {
    setTimeout(() => location.reload(), 2_000);
    return;
  }
  createRoot(root).render(
    <CrashGuard>
      <App />
    </CrashGuard>,
  );
}
void start();

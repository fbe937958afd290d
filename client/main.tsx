import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/panels.css';
import './styles/wall.css';
import './styles/phone.css';
import './styles/desk.css';
import { App } from './app.tsx';
import { CrashGuard } from './screens/CrashGuard.tsx';

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <CrashGuard>
      <App />
    </CrashGuard>,
  );

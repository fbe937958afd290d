import { Component, type ReactNode } from 'react';
import { useT } from '../i18n/t.ts';

const RELOAD_AFTER_MS = 5_000;

/** A wall has nobody who reloads it: a page that broke, or whose next part is of a build that is gone, loads itself again. */
export class CrashGuard extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }
  override componentDidCatch(): void {
    setTimeout(() => location.reload(), RELOAD_AFTER_MS);
  }
  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken(): ReactNode {
  const { t } = useT();
  return (
    <main className="gate">
      <p role="alert" className="gate-card" data-testid="crashed">
        {t('app.crashed')}
      </p>
    </main>
  );
}

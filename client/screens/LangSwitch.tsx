import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';

/** Changes the language and nothing else: page, filters and focus stay. */
export function LangSwitch(): ReactElement {
  const { t, lang } = useT();
  const other = lang === 'zh' ? 'en' : 'zh';
  return (
    <button
      type="button"
      className="link-button"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      data-testid="lang"
      onClick={() => useConsole.getState().setLang(other)}
    >
      {t('app.otherLang')}
    </button>
  );
}

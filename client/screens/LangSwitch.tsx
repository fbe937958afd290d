import type { ReactElement } from 'react';
import { switchLang, useT } from '../i18n/t.ts';

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
      onClick={() => switchLang(other)}
    >
      {t('app.otherLang')}
    </button>
  );
}

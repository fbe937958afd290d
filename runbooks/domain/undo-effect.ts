import type { ActionSpec, Words } from '#contract/runbooks';

/** What taking an action back changes, in words: those of its file, else those of its kind. */
export function undoEffectOf(spec: ActionSpec): Words {
  if (spec.undoEffect !== undefined) return spec.undoEffect;
  const { title } = spec;
  switch (spec.type) {
    case 'budget.freeze':
      return {
        zh: '解除这次冻结：除另有冻结的渠道外，可以再加预算',
        en: 'Lifts this freeze: channels that nothing else freezes may get more budget again',
      };
    case 'silence':
      return {
        zh: '这次静默立即结束：这些告警重新通知值班人员',
        en: 'Ends this silence now: these alerts page people again',
      };
    case 'banner':
      return { zh: '所有大屏立即撤下这条横幅', en: 'Takes this banner off all walls now' };
    case 'webhook':
      return {
        zh: `「${title.zh}」改动的设置恢复为上表所示`,
        en: `Sets back what “${title.en}” changed, as the table shows`,
      };
  }
}

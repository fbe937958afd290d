import { type ReactElement, useState } from 'react';
import type { Runbook, RunbookReply } from '#contract/runbooks';
import { Blocks, CheckLine, Text } from './Nodes.tsx';
import { PlanName } from './PlanName.tsx';
import type { KpisNow } from './use-kpis.ts';
import { useWords } from './words.ts';

interface Props {
  readonly runbook: Runbook;
  readonly posts: RunbookReply['posts'];
  readonly kpis: KpisNow;
  /** Goes to a step; absent where steps cannot be chosen. */
  readonly onStep?: (n: number) => void;
}

/** What stands beside the steps: symptoms with their numbers now, how to decide, what to tell whom, roles, afterwards. */
export function PlanAside({ runbook, posts, kpis, onStep }: Props): ReactElement {
  const { say, lang } = useWords();
  return (
    <aside className="plan-aside">
      <section className="card">
        <h2>{say('symptoms')}</h2>
        <ul className="symptoms">
          {runbook.symptoms.map(({ check, text }) => (
            <li key={check.text}>
              <CheckLine check={check} kpis={kpis} />
              <p className="quiet">
                <Text nodes={text[lang]} kpis={kpis} />
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section className="card">
        <h2>{say('decide')}</h2>
        <ul className="decisions">
          {runbook.decisions.map(({ check, text, goTo }) => (
            <li key={text.en.map((node) => JSON.stringify(node)).join()}>
              {check === null ? (
                <span className="quiet">{say('judgement')}</span>
              ) : (
                <CheckLine check={check} kpis={kpis} />
              )}
              <p>
                <Text nodes={text[lang]} kpis={kpis} />{' '}
                <GoTo goTo={goTo} {...(onStep === undefined ? {} : { onStep })} />
              </p>
            </li>
          ))}
        </ul>
      </section>
      <Messages runbook={runbook} />
      <section className="card">
        <h2>{say('roles')}</h2>
        <dl className="roles">
          {Object.entries(posts).map(([role, post]) => (
            <div key={role}>
              <dt>{post ? post.title[lang] : role}</dt>
              <dd>{post ? `${post.a} / ${post.b}` : say('nobody')}</dd>
            </div>
          ))}
        </dl>
      </section>
      {runbook.background ? (
        <details className="card">
          <summary>{say('background')}</summary>
          <Blocks blocks={runbook.background[lang]} kpis={kpis} />
        </details>
      ) : null}
      <details className="card">
        <summary>{say('after')}</summary>
        <ul className="step-do">
          {runbook.after.map((text) => (
            <li key={JSON.stringify(text.en)}>
              <Text nodes={text[lang]} kpis={kpis} />
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}

function GoTo({
  goTo,
  onStep,
}: {
  goTo: Runbook['decisions'][number]['goTo'];
  onStep?: (n: number) => void;
}): ReactElement {
  const { say } = useWords();
  if (goTo.kind === 'runbook')
    return (
      <a href={`/runbooks/${goTo.id}`}>
        → {say('goRunbook', { id: '' })}
        <PlanName id={goTo.id} />
      </a>
    );
  if (goTo.kind === 'stop') return <b>→ {say('goStop')}</b>;
  const words = `→ ${say('goStep', { n: goTo.n })}`;
  if (onStep === undefined) return <b>{words}</b>;
  return (
    <button type="button" className="link-button" onClick={() => onStep(goTo.n)}>
      {words}
    </button>
  );
}

/** Texts to send, in both languages, one press to copy. What is in braces is filled in by the sender. */
function Messages({ runbook }: { runbook: Runbook }): ReactElement {
  const { say, lang } = useWords();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = (id: string, text: string): void => {
    navigator.clipboard?.writeText(text).then(
      () => setCopied(id),
      () => setCopied(null), // refused by the browser: the text can still be selected
    );
  };
  return (
    <section className="card">
      <h2>{say('messages')}</h2>
      {runbook.messages.map(({ id, title, to, text }) => (
        <div key={id} className="message">
          <p>
            <b>{title[lang]}</b> <span className="quiet">{to[lang]}</span>
          </p>
          {(['zh', 'en'] as const).map((each) => (
            <p key={each} className="message-text" lang={each === 'zh' ? 'zh-CN' : 'en'}>
              {text[each]}{' '}
              <button type="button" className="link-button" onClick={() => copy(`${id}.${each}`, text[each])}>
                {say(copied === `${id}.${each}` ? 'copied' : 'copy')}
              </button>
            </p>
          ))}
        </div>
      ))}
    </section>
  );
}

import type { ReactElement } from 'react';
export default function DeskScreen(): ReactElement {
  return <main className="desk" data-testid="desk" />;
}

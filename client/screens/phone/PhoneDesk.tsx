import type { ReactElement } from 'react';
export default function PhoneDesk(): ReactElement {
  return <main className="phone-desk" data-testid="desk" />;
}

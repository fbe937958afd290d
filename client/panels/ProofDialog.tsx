import { type ComponentType, type ReactElement, useEffect, useState } from 'react';
import { closeProof, useProof } from './proof-state.ts';

/**
 * Where a number comes from, once somebody presses one: most screens never ask, so what draws it is fetched then. Without the server
 * there is nothing to show, and the next press tries again.
 */
export function ProofDialog(): ReactElement | null {
  const asked = useProof((state) => state.figureKey !== null);
  const [Box, setBox] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (!asked || Box !== null) return;
    import('./ProofBox.tsx').then((loaded) => setBox(() => loaded.default), closeProof);
  }, [asked, Box]);
  return Box === null ? null : <Box />;
}

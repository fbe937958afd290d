import { create } from 'zustand';

/** Which figure's proof is open; null: none. Not part of the console's data, so it has a store of its own. */
export const useProof = create<{ readonly figureKey: string | null }>(() => ({ figureKey: null }));
export const openProof = (figureKey: string): void => useProof.setState({ figureKey });
export const closeProof = (): void => useProof.setState({ figureKey: null });

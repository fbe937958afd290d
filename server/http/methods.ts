/** Which methods a path answers to, so that a wrong method is told from a wrong path. */
export interface MethodTable {
  add(url: string, methods: string | readonly string[]): void;
  /** Methods registered for this path; empty when the path itself is unknown. */
  allowed(path: string): string[];
}

const matches = (pattern: readonly string[], path: readonly string[]): boolean => {
  for (const [i, part] of pattern.entries()) {
    if (part === '*') return true;
    const given = path[i];
    if (given === undefined || (!part.startsWith(':') && part !== given) || (part.startsWith(':') && given === '')) {
      return false;
    }
  }
  return pattern.length === path.length;
};

export function methodTable(): MethodTable {
  const routes: { parts: string[]; methods: string[] }[] = [];
  return {
    add(url, methods) {
      routes.push({ parts: url.split('/'), methods: typeof methods === 'string' ? [methods] : [...methods] });
    },
    allowed(path) {
      const parts = path.split('/');
      return [
        ...new Set(routes.filter((route) => matches(route.parts, parts)).flatMap((route) => route.methods)),
      ].sort();
    },
  };
}

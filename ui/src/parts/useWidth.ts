import { useMediaQuery } from '@mantine/hooks';

/** The two widths at which the layout changes; the style sheets name the same. */
export const usePhone = (): boolean => useMediaQuery('(max-width: 640px)', undefined, { getInitialValueInEffect: false });
export const useTabletOrLess = (): boolean => useMediaQuery('(max-width: 1023px)', undefined, { getInitialValueInEffect: false });

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Ten steps around the accent of the tokens: the sixth is the light theme's, the third the dark one's. */
const indigo: MantineColorsTuple = [
  '#eef0ff',
  '#dcdffe',
  '#c3c7fa',
  '#8f97ff',
  '#7a80f6',
  '#635ff0',
  '#4f46e5',
  '#4338ca',
  '#3730a3',
  '#312e81',
];

const rem = (px: number): string => `${px / 16}rem`;

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 6, dark: 3 },
  colors: { indigo },
  autoContrast: true,
  defaultRadius: 5,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  spacing: { xs: rem(4), sm: rem(8), md: rem(16), lg: rem(24), xl: rem(32) },
  components: {
    Tooltip: {
      defaultProps: { openDelay: 200, events: { hover: true, focus: true, touch: true }, transitionProps: { duration: 0 }, zIndex: 500 },
    },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, position: 'bottom-end', offset: 4, withinPortal: true } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, position: 'bottom-end', offset: 4 } },
    Modal: { defaultProps: { transitionProps: { duration: 0 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});

/** Mantine's variables speak our tokens, so that both themes are told in one file. */
export const cssVariables: CSSVariablesResolver = () => {
  const variables = {
    '--mantine-color-body': 'var(--surface-1)',
    '--mantine-color-text': 'var(--text-1)',
    '--mantine-color-dimmed': 'var(--text-3)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-default': 'var(--surface-1)',
    '--mantine-color-default-hover': 'var(--surface-2)',
    '--mantine-color-default-color': 'var(--text-1)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-error': 'var(--bad)',
  };
  return { variables: {}, light: variables, dark: variables };
};

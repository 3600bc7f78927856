import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:4318';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The server allows images as data URIs, but no fonts or scripts.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': server, '/v1': server, '/metrics': server } },
});

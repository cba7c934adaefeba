import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type ProxyOptions } from 'vite';

/**
 * `vite` alone serves the console with the simulated plant of `dev/` behind `/api`; `MILLRACE_SERVER=http://127.0.0.1:8080 vite` puts a
 * running platform there instead. Nothing of `dev/` is part of the build.
 */
export default defineConfig(({ command }) => {
  const server = process.env['MILLRACE_SERVER'];
  const proxy: Record<string, ProxyOptions> | undefined =
    server === undefined ? undefined : { '/api': { target: server } };
  return {
    root: import.meta.dirname,
    plugins: [
      react(),
      preloadText(),
      ...(command === 'serve' && server === undefined ? [simulatedPlant()] : []),
    ],
    server: { ...(proxy === undefined ? {} : { proxy }) },
    preview: { ...(proxy === undefined ? {} : { proxy }) },
    build: {
      target: 'es2023',
      outDir: 'dist',
      emptyOutDir: true,
      // The server's content security policy takes fonts from files only.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rollupOptions: {
        input: {
          index: `${import.meta.dirname}/index.html`,
          'push-worker': `${import.meta.dirname}/push/push-worker.ts`,
        },
        output: {
          // A service worker stands at the root, under one name: it reaches only what lies below it, and is renewed by its content.
          entryFileNames: ({ name }) => (name === 'push-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        },
      },
    },
  };
});

/** The simulated plant, loaded only while somebody develops. */
function simulatedPlant(): Plugin {
  return {
    name: 'simulated-plant',
    async configureServer(vite) {
      const { devApi } = await import('./dev/api.ts');
      vite.middlewares.use(devApi({ things: Number(process.env['MILLRACE_DEV_THINGS'] ?? 60) }));
    },
    async configurePreviewServer(vite) {
      const { devApi } = await import('./dev/api.ts');
      vite.middlewares.use(devApi({ things: Number(process.env['MILLRACE_DEV_THINGS'] ?? 60) }));
    },
  };
}

/** Asks for the Latin font with the page itself, so that text does not change its face after the first paint. */
function preloadText(): Plugin {
  return {
    name: 'preload-text',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((name) => /inter-latin-wght-normal.*\.woff2$/.test(name));
        return font === undefined
          ? []
          : [
              {
                tag: 'link',
                injectTo: 'head-prepend',
                attrs: {
                  rel: 'preload',
                  as: 'font',
                  type: 'font/woff2',
                  href: `/${font}`,
                  crossorigin: true,
                },
              },
            ];
      },
    },
  };
}

// Открывает документацию контракта этого же модуля; чужих адресов страница не спрашивает.
window.addEventListener('load', () => {
  globalThis.SwaggerUIBundle({
    url: '/docs/openapi.json',
    dom_id: '#docs',
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
  });
});

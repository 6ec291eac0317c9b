// Draws the page of the API from its description. The policy allows no script and no style inside a page.
const place = document.getElementById("api-docs");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  tagsSorter: "alpha",
  validatorUrl: null,
  syntaxHighlight: { activated: false },
});

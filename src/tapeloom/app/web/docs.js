// Lists what openapi.json says: method, address, sentence, and an example of the body.

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const exampleOf = (operation, schemas) => {
  const content = operation.requestBody?.content?.["application/json"];
  const name = content?.schema?.$ref?.split("/").pop();
  return schemas[name]?.examples?.[0];
};

const told = await (await fetch("openapi.json")).json();
document.querySelector("#about").textContent = told.info.description;
const routes = document.querySelector("#routes");
routes.replaceChildren();
for (const [path, methods] of Object.entries(told.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const section = document.createElement("section");
    section.append(element("h2", `${method.toUpperCase()} ${path}`));
    section.append(element("p", operation.description ?? operation.summary));
    const example = exampleOf(operation, told.components.schemas);
    if (example) section.append(element("pre", JSON.stringify(example, null, 1)));
    routes.append(section);
  }
}

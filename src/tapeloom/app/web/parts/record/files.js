// Every file of a record, to download by itself.

import { artefact } from "../../api.js";
import { h, icon } from "../../dom.js";
import { sizeOf, sorted } from "./file_names.js";

export function filesCard(record) {
  return h(
    "section",
    { class: "card", "aria-label": "Files" },
    h(
      "div",
      { class: "row between" },
      h("h2", {}, "Files"),
      h(
        "a",
        { class: "button", href: `/v1/jobs/${record.id}/archive.zip`, download: true },
        icon("download"),
        "All as one zip",
      ),
    ),
    sorted(record.artefacts).map(({ words, files, isOpen }) =>
      h(
        "details",
        { open: isOpen },
        h("summary", {}, `${words} (${files.length})`),
        h(
          "ul",
          { class: "record-files" },
          files.map((file) =>
            h(
              "li",
              {},
              h(
                "a",
                { href: artefact(record.id, file.name), download: file.name.split("/").pop() },
                file.name,
              ),
              h("span", { class: "figures quiet small" }, sizeOf(file.bytes)),
            ),
          ),
        ),
      ),
    ),
  );
}

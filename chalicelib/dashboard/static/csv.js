// A table as a file that spreadsheets open.

/** CSV by RFC 4180; a spreadsheet takes no text in it for a formula. */
export function csv(lines) {
  return lines.map((values) => `${values.map(field).join(",")}\r\n`).join("");
}

function field(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "").replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function download(name, lines) {
  const address = URL.createObjectURL(new Blob([csv(lines)], { type: "text/csv" }));
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: `${name.replaceAll(":", "-")}.csv` }).click();
  URL.revokeObjectURL(address);
}

// TRS WCM calls this in every list: page 0 is index.html, page k is index_k.html.
function createPageHTML(count, current, name, ext) {
  if (count < 2) { return; }
  for (var k = 0; k < count; k++) {
    var href = name + (k ? "_" + k : "") + "." + ext;
    document.write(k === current ? " <b>" + (k + 1) + "</b>" : ' <a href="' + href + '">' + (k + 1) + "</a>");
  }
}

// The tab keeps its name while Blazor takes the server's title away and has not drawn the page's own yet.
const kept = document.createElement("title");
let last = document.title;

const drawn = () => [...document.head.getElementsByTagName("title")].find((t) => t !== kept)?.textContent;

// told after each change and before it is painted
new MutationObserver(() => {
  const title = drawn();
  if (title) {
    last = title;
    kept.remove();
  } else if (!kept.isConnected && last) {
    kept.textContent = last;
    document.head.append(kept);
  }
}).observe(document.head, { childList: true, characterData: true, subtree: true });

using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Pages;

/// <summary>
/// Opens one page after the other, wide and narrow, light and dark, and notes what is wrong with each. The variable
/// IOTCENTRAL_PICTURES names a folder in which it leaves a picture of all it has seen, for people to look at.
/// </summary>
internal sealed class PageWalk
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("IOTCENTRAL_PICTURES");

    private readonly List<string> _faults = [];
    private readonly IPage _page;
    private readonly Axe _axe;
    private readonly string _web;
    private string _address = "";

    public PageWalk(IPage page, Axe axe, string web)
    {
        (_page, _axe, _web) = (page, axe, web);
        page.Console += (_, message) =>
        {
            // the browser's own word on an answer other than 200, which /status and /not-found are
            if (
                message.Type == "error"
                && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            )
                Note($"says on the console: {message.Text}");
        };
        page.PageError += (_, error) => Note($"throws: {error}");
    }

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Takes addresses of the program, or whole ones, until there are none left.</summary>
    public async Task VisitAllAsync(ConcurrentQueue<string> addresses)
    {
        while (addresses.TryDequeue(out var address))
            await VisitAsync(address);
    }

    private async Task VisitAsync(string address)
    {
        _address = address;
        await LookAsync(1440, ColorScheme.Light);
        await _page.GotoAsync(address.StartsWith('/') ? _web + address : address);
        await JudgeAsync("1440-light", onlyColours: false, isNew: true);
        await LookAsync(1440, ColorScheme.Dark);
        await JudgeAsync("1440-dark", onlyColours: true);
        await LookAsync(390, ColorScheme.Dark);
        await JudgeAsync("390-dark", onlyColours: false);
        await LookAsync(390, ColorScheme.Light);
        await JudgeAsync("390-light", onlyColours: true);
    }

    private async Task LookAsync(int width, ColorScheme scheme)
    {
        await _page.SetViewportSizeAsync(width, width > 500 ? 900 : 844);
        await _page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
    }

    private async Task JudgeAsync(string look, bool onlyColours, bool isNew = false)
    {
        await SettleAsync(frames: isNew ? 10 : 3);
        foreach (var fault in (string[])[.. await _axe.JudgeAsync(_page, onlyColours), .. await TooWideAsync()])
            Note($"({look}) {fault}");
        await PictureAsync(look);
    }

    /// <summary>
    /// The circuit is there (pages without one do not have the mark), nothing loads any more and no colour fades over,
    /// for so many frames: Blazor takes the title away for a moment after it has drawn a page.
    /// </summary>
    private async Task SettleAsync(int frames)
    {
        for (var looks = 0; looks < 200; looks++)
        {
            if (await _page.EvaluateAsync<bool>(IsSettled, frames))
                return;
        }

        Note("does not come to rest");
    }

    private const string IsSettled = """
        async (frames) => {
          const isShown = () => document.title && !document.querySelector(".iot-skeleton")
            && document.querySelector("main :is(h1, form)")
            && (document.querySelector("[data-ready='true']") || !document.querySelector(".iot-shell"))
            && document.getAnimations().every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity);
          for (; frames > 0; frames--) {
            await new Promise((done) => requestAnimationFrame(done));
            if (!isShown()) return false;
          }
          return true;
        }
        """;

    /// <summary>Elements that stick out of a narrow page, the outermost first.</summary>
    private Task<string[]> TooWideAsync() =>
        _page.EvaluateAsync<string[]>(
            """
            () => document.documentElement.scrollWidth <= innerWidth ? [] :
              [`scrolls sideways to ${document.documentElement.scrollWidth}: ` + [...document.querySelectorAll("main *")]
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
                .map((e) => `${e.tagName} ${e.className}`).join(" | ")]
            """
        );

    private async Task PictureAsync(string name)
    {
        if (Pictures is null)
            return;
        var page = string.Join('_', new Uri(_page.Url).PathAndQuery.Split(Path.GetInvalidFileNameChars()))
            .Replace('?', '_');
        await _page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{page}-{name}.png"), FullPage = true });
    }

    private void Note(string fault) => _faults.Add($"{_address} {fault}");
}

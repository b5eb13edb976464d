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
        // leaving a form that is half filled asks whether to; here nobody minds
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        page.PageError += (_, error) => Note($"throws: {error}");
    }

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Takes addresses of the program, or whole ones, until there are none left.</summary>
    public async Task VisitAllAsync(ConcurrentQueue<string> addresses)
    {
        await _page.AddInitScriptAsync(SeesNameless);
        while (addresses.TryDequeue(out var address))
            await VisitAsync(address);
    }

    /// <summary>Opens one dialog after the other.</summary>
    public async Task OpenAllAsync(IEnumerable<DialogSample> dialogs)
    {
        // a tab behind another one is drawn once a second
        await _page.BringToFrontAsync();
        foreach (var dialog in dialogs)
        {
            _address = dialog.Name;
            await LookAsync(1440, ColorScheme.Light);
            await _page.GotoAsync(_web + dialog.Address);
            await SettleAsync(frames: 10);
            await dialog.OpenAsync(_page);
            await JudgeAsync(dialog.Name);
        }
    }

    private async Task VisitAsync(string address)
    {
        _address = address;
        await LookAsync(1440, ColorScheme.Light);
        await _page.GotoAsync(address.StartsWith('/') ? _web + address : address);
        await JudgeAsync(name: null);
        if (await _page.EvaluateAsync<bool>("() => window.wasNameless === true"))
            Note("leaves the tab without a name for a moment");
    }

    /// <param name="name">Of its pictures; null: its address.</param>
    private async Task JudgeAsync(string? name)
    {
        await JudgeAsync(name, "1440-light", onlyColours: false, isNew: true);
        await LookAsync(1440, ColorScheme.Dark);
        await JudgeAsync(name, "1440-dark", onlyColours: true);
        await LookAsync(390, ColorScheme.Dark);
        await JudgeAsync(name, "390-dark", onlyColours: false);
        await LookAsync(390, ColorScheme.Light);
        await JudgeAsync(name, "390-light", onlyColours: true);
    }

    private async Task LookAsync(int width, ColorScheme scheme)
    {
        await _page.SetViewportSizeAsync(width, width > 500 ? 900 : 844);
        await _page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
    }

    private async Task JudgeAsync(string? name, string look, bool onlyColours, bool isNew = false)
    {
        await SettleAsync(frames: isNew ? 10 : 3);
        string[] faults =
        [
            .. await _axe.JudgeAsync(_page, onlyColours),
            .. await TooWideAsync(),
            .. await SpilledAsync(),
            .. await TooLowAsync(),
        ];
        foreach (var fault in faults)
            Note($"({look}) {fault}");
        await PictureAsync(name, look);
    }

    /// <summary>
    /// The circuit is there (pages without one do not have the mark), nothing loads any more and no colour fades over,
    /// for so many frames. In none of them may the tab be without a name.
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

    // looks in every frame, since that is what people see
    private const string SeesNameless = """
        requestAnimationFrame(function look() {
          if (document.readyState !== "loading" && !document.title) window.wasNameless = true;
          requestAnimationFrame(look);
        });
        """;

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
            () => document.documentElement.scrollWidth <= innerWidth
              && [...document.querySelectorAll(".mud-dialog, .mud-dialog-content")].every((e) => e.scrollWidth <= e.clientWidth) ? [] :
              [`scrolls sideways to ${document.documentElement.scrollWidth}: ` + [...document.querySelectorAll("main *, .mud-dialog *")]
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
                .map((e) => `${e.tagName} ${e.className}`).join(" | ")]
            """
        );

    /// <summary>Cards that are lower than what is in them.</summary>
    private Task<string[]> SpilledAsync() =>
        _page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll(".iot-card--fill")]
              .filter((e) => e.scrollHeight > e.clientHeight + 1)
              .map((e) => `spills ${e.scrollHeight - e.clientHeight} px out of ${e.querySelector("h2")?.textContent}`)
            """
        );

    /// <summary>What a finger could miss on a phone: lower than 44 px and no link in the middle of a text.</summary>
    private Task<string[]> TooLowAsync() =>
        _page.EvaluateAsync<string[]>(
            """
            () => innerWidth > 500 ? [] :
              [...document.querySelectorAll("main :is(.iot-button, .iot-chip, .iot-link, .iot-table__link, .iot-pick, select, summary), .mud-dialog :is(.iot-button, button.iot-chip, select)")]
                .filter((e) => e.matches("a, button, label, select, summary") && e.checkVisibility())
                .filter((e) => e.getBoundingClientRect().height < 43.5)
                .slice(0, 5)
                .map((e) => `is too low for a finger (${e.getBoundingClientRect().height} px): ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 30)}`)
            """
        );

    private async Task PictureAsync(string? name, string look)
    {
        if (Pictures is null)
            return;
        var of = name ?? new Uri(_page.Url).PathAndQuery;
        var file = string.Join('_', of.Split(Path.GetInvalidFileNameChars())).Replace('?', '_');
        // a dialog lies over what is on the screen, not over the whole page
        var isWhole = await _page.GetByRole(AriaRole.Dialog).CountAsync() == 0;
        await _page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{file}-{look}.png"), FullPage = isWhole });
    }

    private void Note(string fault) => _faults.Add($"{_address} {fault}");
}

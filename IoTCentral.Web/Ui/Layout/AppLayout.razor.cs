using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace IoTCentral.Web.Ui.Layout;

public sealed partial class AppLayout : IDisposable
{
    private readonly Lifetime _gone = new();
    private IDisposable? _watch;
    private CallerAccess? _here;
    private bool _loaded;
    private string _slug = "";
    private string _address = "";
    private string _path = "";
    private string _wanted = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ICallerSource Callers { get; set; } = null!;

    [Inject]
    private AccessWatch Watch { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [CascadingParameter]
    private ViewerAddress Viewer { get; set; } = ViewerAddress.Unknown;

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
            _watch = Watch.Start(() => InvokeAsync(LookAgainAsync));
    }

    /// <summary>Each navigation hands in another body: the membership is looked at before it is shown.</summary>
    protected override async Task OnParametersSetAsync()
    {
        var relative = Navigation.ToBaseRelativePath(Navigation.Uri);
        var (slug, path) = AppAddress.Read(relative) ?? ("", "");
        var address = $"{slug}/{path}";
        _wanted = address;
        if (_loaded && address == _address)
            return;
        var here = await FindAsync(slug);
        // another navigation has come in between: it shows its own
        if (_wanted == address)
            (_here, _slug, _address, _path, _loaded) = (here, slug, address, path, true);
    }

    // Until the membership is known, the next page would be drawn for the last one's application, and then made anew.
    protected override bool ShouldRender() => _wanted == _address;

    // no such application, or no member of it: told the same way
    private async Task<CallerAccess?> FindAsync(string slug) =>
        slug.Length > 0 && (await Authentication).User.PersonId() is { } person
            ? await Callers.FindAsync(person, slug, Viewer.Value, _gone.Token)
            : null;

    /// <summary>Ends an open page whose person lost the application, and hands new rights down.</summary>
    private async Task LookAgainAsync()
    {
        if (!_loaded || _gone.IsOver)
            return;
        try
        {
            var here = await FindAsync(_slug);
            if (here?.Caller == _here?.Caller && here?.Application == _here?.Application)
                return;
            _here = here;
            StateHasChanged();
        }
        catch (Exception e) when (e is OperationCanceledException or UnavailableException)
        {
            // gone, or storage is away: every act asks it anyway
        }
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Dispose();
    }
}

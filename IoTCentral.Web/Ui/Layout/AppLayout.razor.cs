using IoTCentral.Core.Common;
using IoTCentral.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace IoTCentral.Web.Ui.Layout;

public sealed partial class AppLayout : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _watch;
    private Shell? _shell;
    private bool _loaded;
    private string _slug = "";
    private string _address = "";
    private string _path = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ShellReader Shells { get; set; } = null!;

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
        if (_loaded && address == _address)
            return;
        var shell = await FindAsync(slug);
        (_shell, _slug, _address, _path, _loaded) = (shell, slug, address, path, true);
    }

    private async Task<Shell?> FindAsync(string slug) =>
        slug.Length == 0 ? null : await Shells.FindAsync((await Authentication).User, slug, Viewer.Value, _gone.Token);

    /// <summary>Ends an open page whose person lost the application, and hands new rights down.</summary>
    private async Task LookAgainAsync()
    {
        if (!_loaded || _gone.IsCancellationRequested)
            return;
        try
        {
            var shell = await FindAsync(_slug);
            if (shell?.Caller == _shell?.Caller && shell?.Application == _shell?.Application)
                return;
            _shell = shell;
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
        _gone.Cancel();
        _gone.Dispose();
    }
}

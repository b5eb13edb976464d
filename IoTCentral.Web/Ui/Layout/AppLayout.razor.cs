using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace IoTCentral.Web.Ui.Layout;

public sealed partial class AppLayout : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private Shell? _shell;
    private bool _loaded;
    private string _address = "";
    private string _path = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ShellReader Shells { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [CascadingParameter]
    private ViewerAddress Address { get; set; } = ViewerAddress.Unknown;

    /// <summary>Each navigation hands in another body: the membership is read again before it is shown.</summary>
    protected override async Task OnParametersSetAsync()
    {
        var relative = Navigation.ToBaseRelativePath(Navigation.Uri);
        var (slug, path) = AppAddress.Read(relative) ?? ("", "");
        var address = $"{slug}/{path}";
        if (_loaded && address == _address)
            return;
        var person = (await Authentication).User;
        var shell = slug.Length == 0 ? null : await Shells.FindAsync(person, slug, Address.Value, _gone.Token);
        (_shell, _address, _path, _loaded) = (shell, address, path, true);
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}

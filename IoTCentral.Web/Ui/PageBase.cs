using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Ui;

/// <summary>
/// A page of an application: who asks, which application, the browser's zone, and a token that ends with the page.
/// Set before the first render; <see cref="AppLayout"/> shows no page before it knows the caller.
/// </summary>
public abstract class PageBase : ComponentBase, IDisposable
{
    private readonly Lifetime _gone = new();

    [CascadingParameter]
    public Caller Caller { get; set; } = null!;

    [CascadingParameter]
    public Application Application { get; set; } = null!;

    /// <summary>The <c>{app}</c> of the address; each page's route begins with <c>/apps/{app}/</c>.</summary>
    [Parameter]
    public string App { get; set; } = "";

    [CascadingParameter]
    public ViewerZone Zone { get; set; } = ViewerZone.Utc;

    [Inject]
    protected UiErrors Errors { get; set; } = null!;

    /// <summary>Cancelled when the person leaves the page.</summary>
    protected CancellationToken Aborted => _gone.Token;

    /// <summary>Address inside this application: <c>Href("devices/pump-1")</c>.</summary>
    protected string Href(string path) => AppAddress.Of(Application.Slug, path);

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _gone.Dispose();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>A page whose words are in the resource of <typeparamref name="TTexts"/> (a class beside its .resx).</summary>
public abstract class PageBase<TTexts> : PageBase
{
    [Inject]
    protected IStringLocalizer<TTexts> L { get; set; } = null!;
}

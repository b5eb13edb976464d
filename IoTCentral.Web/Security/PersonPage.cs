using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Security;

/// <summary>A page outside applications: who is signed in, from where, and a token that ends with the page.</summary>
public abstract class PersonPage<TTexts> : ComponentBase, IDisposable
{
    private readonly Lifetime _gone = new();

    [CascadingParameter]
    protected Task<AuthenticationState> Authentication { get; set; } = null!;

    [CascadingParameter]
    protected ViewerAddress Viewer { get; set; } = ViewerAddress.Unknown;

    [CascadingParameter]
    protected ViewerZone Zone { get; set; } = ViewerZone.Utc;

    [Inject]
    protected UiErrors Errors { get; set; } = null!;

    [Inject]
    protected IStringLocalizer<TTexts> L { get; set; } = null!;

    /// <summary>Cancelled when the person leaves the page.</summary>
    protected CancellationToken Aborted => _gone.Token;

    /// <summary>Id of who is signed in; pages of this kind are closed to others.</summary>
    protected async Task<Guid> PersonIdAsync() =>
        (await Authentication).User.PersonId()
        ?? throw new InvalidOperationException("This page is reached signed in only.");

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

using IoTCentral.Core.Access;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Alerts;

/// <summary>Keeps the number of open alerts up to date while a page is open.</summary>
public abstract class AlertCountBase : ComponentBase, IDisposable
{
    private IDisposable? _news;

    [CascadingParameter]
    public Caller Caller { get; set; } = null!;

    [CascadingParameter]
    public Application Application { get; set; } = null!;

    [Inject]
    private AlertDesk Desk { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    protected IStringLocalizer<AlertTexts> L { get; set; } = null!;

    /// <summary>Open and acknowledged ones.</summary>
    protected long Count { get; private set; }

    protected override async Task OnInitializedAsync()
    {
        var tenant = Caller.Tenant;
        _news = Changes.Listen(c =>
        {
            if (c.Tenant == tenant && c.Kind == ChangeKind.Alert)
                _ = InvokeAsync(CountAsync);
        });
        await CountAsync();
    }

    private async Task CountAsync()
    {
        try
        {
            Count = await Desk.CountUnresolvedAsync(Caller, CancellationToken.None);
            StateHasChanged();
        }
        catch (Exception e)
        {
            // A number in a corner is not worth a failed page.
            Errors.Log(e);
        }
    }

    protected virtual void Dispose(bool disposing) => _news?.Dispose();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}

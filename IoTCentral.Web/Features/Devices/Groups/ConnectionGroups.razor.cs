using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>The ways in which devices may register by themselves, each with how it stands.</summary>
public sealed partial class ConnectionGroups
{
    private IReadOnlyList<EnrollmentGroup>? _groups;
    private IReadOnlyDictionary<string, long> _counts = new Dictionary<string, long>();
    private ILookup<string, SigningCertificate> _certificates = Array.Empty<SigningCertificate>().ToLookup(_ => "");
    private IDisposable? _news;
    private string? _failure;

    [Inject]
    private EnrollmentGroups Groups { get; set; } = null!;

    [Inject]
    private GroupDevices Members { get; set; } = null!;

    [Inject]
    private GroupCertificates Certificates { get; set; } = null!;

    [Inject]
    private HubNames Names { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private bool MayManage => Caller.May(Permission.ManageConnectivity);

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _news = Changes.Listen(change =>
            {
                if (change.Tenant == Caller.Tenant && change.Kind == ChangeKind.Keys)
                    _ = InvokeAsync(ReloadAsync);
            });
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        try
        {
            var groups = await Groups.ListAsync(Caller, Aborted);
            _counts = await Members.CountAsync(Caller, Aborted);
            _certificates = (await Certificates.ListAsync(Caller, Aborted)).ToLookup(c => c.GroupId);
            (_groups, _failure) = (groups, null);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ForbiddenException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
        catch (OperationCanceledException)
        {
            // the page is gone
        }
    }

    private async Task AddAsync()
    {
        var dialog = await Dialogs.ShowAsync<NewGroupDialog>(
            L["NewGroup"],
            new DialogParameters<NewGroupDialog> { { d => d.Caller, Caller } }
        );
        if (await dialog.Result is { Canceled: false, Data: EnrollmentGroup made })
            Navigation.NavigateTo(Href(GroupAddress.Of(made.Id)));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _news?.Dispose();
        base.Dispose(disposing);
    }
}

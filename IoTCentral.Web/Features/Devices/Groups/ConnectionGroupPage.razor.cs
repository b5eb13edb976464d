using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>One device connection group: what registering through it takes and means.</summary>
public sealed partial class ConnectionGroupPage
{
    private EnrollmentGroup? _group;
    private IReadOnlyList<SigningCertificate> _certificates = [];
    private long _count;
    private IDisposable? _news;
    private string? _failure;

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private EnrollmentGroups Groups { get; set; } = null!;

    [Inject]
    private GroupDevices Members { get; set; } = null!;

    [Inject]
    private GroupCertificates Certificates { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private bool MayManage => Caller.May(Permission.ManageConnectivity);

    protected override async Task OnParametersSetAsync()
    {
        if (_group?.Id == Id)
            return;
        _group = null;
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _news = Changes.Listen(change =>
            {
                if (change.Tenant == Caller.Tenant && change.Kind == ChangeKind.Keys && change.Id == Id)
                    _ = InvokeAsync(ReloadAsync);
            });
    }

    private async Task LoadAsync()
    {
        _failure = null;
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is not (OperationCanceledException or ForbiddenException or NotFoundException))
        {
            Errors.Log(e);
            _failure = Errors.Say(e);
        }
    }

    private async Task ReadAsync()
    {
        var group = await Groups.GetAsync(Caller, Id, Aborted);
        if (group.Attestation == Attestation.X509)
            _certificates = await Certificates.ListAsync(Caller, group.Id, Aborted);
        _count = (await Members.CountAsync(Caller, Aborted)).GetValueOrDefault(group.Id);
        _group = group;
    }

    private async Task ReloadAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is NotFoundException or UnavailableException or OperationCanceledException)
        {
            return; // what is on the screen stays until the person acts, or the next change reads again
        }
        StateHasChanged();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _news?.Dispose();
        base.Dispose(disposing);
    }
}

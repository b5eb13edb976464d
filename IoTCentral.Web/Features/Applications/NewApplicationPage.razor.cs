using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Applications;

public sealed partial class NewApplicationPage
{
    private readonly FormFaults _faults = new();
    private string _name = "";
    private string? _slug;
    private string? _zone;
    private string? _idScope;
    private string? _groupKey;
    private bool _withDemo;
    private bool _busy;

    [Inject]
    private ApplicationRegistry Registry { get; set; } = null!;

    [Inject]
    private IAccessStore Access { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override void OnInitialized() => _zone = Zone.Zone.Id;

    private async Task CreateAsync()
    {
        if (_busy)
            return;
        _busy = true;
        await Errors.TryAsync(
            async () =>
            {
                var made = await MakeAsync();
                Navigation.NavigateTo(AppAddress.Of(made.Slug, ""));
            },
            form: _faults
        );
        _busy = false;
    }

    private async Task<Application> MakeAsync()
    {
        var id = await PersonIdAsync();
        var person =
            await Access.FindPersonAsync(id, Aborted)
            ?? throw new InvalidOperationException($"Person {id} is signed in and not there.");
        var wish = new ApplicationWish
        {
            Name = _name,
            Slug = Given(_slug),
            IdScope = Given(_idScope),
            GroupKey = Given(_groupKey),
            TimeZone = Given(_zone) ?? "Etc/UTC",
            WithDemo = _withDemo,
        };
        var actor = new AuditActor("person", id.ToString(), person.Email, Viewer.Value);
        return await Registry.CreateAsync(person, wish, actor, Aborted);
    }

    private string? Wrong(string field) => _faults[field] is null ? null : "true";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Demo;

/// <summary>
/// Makes the demo application at the first start: templates, devices, dashboard. Each step looks first whether it is
/// done, so that a crash in between is made good at the next start; once made, nothing of it is made again, whatever
/// people delete.
/// </summary>
public sealed class DemoApplication(
    InstallationOptions options,
    ISettingStore settings,
    ITenantStore tenants,
    ApplicationRegistry applications,
    TemplateBook templates,
    DeviceRegistry devices,
    TwinRegistry twins,
    DashboardBook dashboards,
    ILogger<DemoApplication> logger
)
{
    public const string Slug = "demo";

    /// <summary>Remembers that the demo is wanted and what of it is done: <c>"making"</c> or <c>"made"</c>.</summary>
    private const string SettingKey = "demo";

    /// <summary>What remains to be done after this start's first part; null: nothing.</summary>
    public Application? Unfinished { get; private set; }

    /// <summary>Makes what is missing, so that it is there when the program says that it is ready.</summary>
    public async Task MakeAsync(CancellationToken ct)
    {
        if (!await IsWantedAsync(ct))
            return;
        logger.LogInformation("Making the demo application …");
        var application =
            await tenants.FindAsync(Slug, ct)
            ?? await applications.CreateAsync(
                new ApplicationWish
                {
                    Name = DemoContent.ApplicationName,
                    Slug = Slug,
                    TimeZone = DemoContent.TimeZoneId,
                },
                AuditActor.System,
                ct
            );
        var caller = Caller.System(application.TenantId);
        foreach (var template in DemoContent.Templates)
        {
            if (await templates.FindAsync(caller, template.Id, ct) is null)
                await templates.AddAsync(caller, template, ct);
        }

        foreach (var device in DemoContent.Devices)
            await MakeAsync(caller, device, ct);
        var known = await dashboards.ListAsync(caller, ct);
        if (known.All(d => d.Id != DemoDashboard.Id))
            await dashboards.AddAsync(caller, DemoDashboard.Make(), ct);
        Unfinished = application;
    }

    /// <summary>Nothing is left to do, at this start or any later one.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        var made = new AuditEntry
        {
            Actor = AuditActor.System,
            Action = "demo.create",
            TargetId = Slug,
        };
        await settings.SaveAsync(new Setting(SettingKey, "\"made\"", null), made, ct);
        Unfinished = null;
    }

    private async Task<bool> IsWantedAsync(CancellationToken ct)
    {
        if (await settings.FindAsync(SettingKey, ct) is { } known)
            return known.Value == "\"making\"";
        // Only the first start makes it: where there are applications already, nobody asked for one more.
        var isFirst = (await tenants.ListAsync(ct)).Count == 0;
        var state = options.Demo && isFirst ? "\"making\"" : "\"made\"";
        return (await settings.AddAsync(new Setting(SettingKey, state, null), ct)).Value == "\"making\"";
    }

    private async Task MakeAsync(Caller caller, DemoDevice device, CancellationToken ct)
    {
        if (await devices.FindAsync(caller, device.Id, ct) is null)
            await devices.AddAsync(
                caller,
                new NewDevice
                {
                    Id = device.Id,
                    Name = device.Name,
                    TemplateId = device.TemplateId,
                    IsSimulated = true,
                },
                ct
            );
        var patch = new JsonObject();
        foreach (var (name, json) in device.CloudProperties)
            patch[name] = JsonNode.Parse(json);
        await twins.PatchCloudAsync(caller, device.Id, patch, ct);
    }
}

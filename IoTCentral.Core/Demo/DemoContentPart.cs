using System.Text.Json.Nodes;
using System.Threading.Channels;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Dashboards;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Simulation.Demo;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Demo;

/// <summary>
/// The demo's templates, devices and dashboard in an application that asked for them. Each step looks first whether it is
/// done, so that a crash in between is made good at the next start; once all of it was made, nothing is made again,
/// whatever people delete.
/// </summary>
public sealed class DemoContentPart(
    ISettingStore settings,
    TemplateBook templates,
    DeviceRegistry devices,
    TwinRegistry twins,
    DashboardBook dashboards
) : IApplicationPart
{
    private const string Making = "\"making\"";
    private const string Made = "\"made\"";

    private readonly Channel<Application> _unfinished = Channel.CreateUnbounded<Application>();

    /// <summary>Applications whose past is yet to be filled in, as they come.</summary>
    public IAsyncEnumerable<Application> UnfinishedAsync(CancellationToken ct) => _unfinished.Reader.ReadAllAsync(ct);

    public async Task FurnishAsync(Application application, Furnishing wishes, CancellationToken ct)
    {
        var key = KeyOf(application);
        var state = wishes.WithDemo
            ? await settings.AddAsync(new Setting(key, Making, null), ct)
            : await settings.FindAsync(key, ct);
        if (state?.Value != Making)
            return;
        await MakeAsync(Caller.System(application.TenantId), ct);
        _unfinished.Writer.TryWrite(application);
    }

    /// <summary>Nothing is left to do, at this start or any later one.</summary>
    public Task FinishAsync(Application application, CancellationToken ct)
    {
        var made = new AuditEntry
        {
            Actor = AuditActor.System,
            Action = "demo.fill",
            TargetId = application.Slug,
        };
        return settings.SaveAsync(new Setting(KeyOf(application), Made, null), made, ct);
    }

    private async Task MakeAsync(Caller caller, CancellationToken ct)
    {
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

    private static string KeyOf(Application application) => $"demo/{application.Slug}";
}

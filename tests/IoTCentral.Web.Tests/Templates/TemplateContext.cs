using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Templates;
using IoTCentral.Web.Tests.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Templates;

/// <summary>Template pages on templates that are kept in memory.</summary>
public abstract class TemplateContext : UiContext
{
    protected TemplateContext()
    {
        Services.AddTemplatePages();
        Services.AddSingleton<ITemplateStore>(Store);
        Services.AddSingleton<TemplateBook>();
    }

    internal KeptTemplates Store { get; } = new();

    protected string Address => Services.GetRequiredService<NavigationManager>().Uri;

    /// <summary>The page with what the frame around it hands down, and where its dialogs appear.</summary>
    protected (IRenderedComponent<TPage> Page, IRenderedComponent<MudDialogProvider> Dialogs) Open<TPage>(
        Role? role = null,
        params (string Name, object Value)[] parameters
    )
        where TPage : IComponent
    {
        Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        var page = Render<TPage>(p =>
        {
            p.AddCascadingValue(CallerWith(role ?? Role.Administrator)).AddCascadingValue(App());
            foreach (var (name, value) in parameters)
                p.TryAdd(name, value);
        });
        return (page, dialogs);
    }

    /// <summary>The button with these words.</summary>
    protected static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> of, string words)
        where T : IComponent => of.FindAll("button, a.iot-button").Single(b => b.TextContent.Trim() == words);

    protected static bool Has<T>(IRenderedComponent<T> page, string words)
        where T : IComponent => page.FindAll("button, a.iot-button").Any(b => b.TextContent.Trim() == words);
}

internal sealed class KeptTemplates : ITemplateStore
{
    public List<DeviceTemplate> All { get; } = [];

    /// <summary>Devices by template.</summary>
    public Dictionary<string, long> Devices { get; } = [];

    public DeviceTemplate Put(DeviceTemplate template)
    {
        All.RemoveAll(t => t.Id == template.Id);
        All.Add(template);
        return template;
    }

    public Task<DeviceTemplate?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
        Task.FromResult(All.FirstOrDefault(t => t.Id == id));

    public Task<IReadOnlyList<TemplateListItem>> ListAsync(TenantId tenant, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TemplateListItem>>([
            .. All.Select(t => new TemplateListItem
            {
                Id = t.Id,
                ModelId = t.ModelId,
                DisplayName = t.DisplayName,
                Status = t.Status,
                UpdatedAt = t.UpdatedAt,
                DeviceCount = Devices.GetValueOrDefault(t.Id),
            }),
        ]);

    public Task<string?> FindByModelAsync(TenantId tenant, string modelId, CancellationToken ct) =>
        Task.FromResult(All.LastOrDefault(t => t.IsPublished && t.ModelId == modelId)?.Id);

    public Task<DeviceTemplate> AddAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        All.Any(t => t.Id == template.Id)
            ? throw new ConflictException("template.id-taken", "It is there.")
            : Task.FromResult(Put(template));

    public Task<DeviceTemplate> UpdateAsync(
        TenantId tenant,
        DeviceTemplate template,
        AuditEntry audit,
        CancellationToken ct
    ) =>
        All.Single(t => t.Id == template.Id).Revision != template.Revision
            ? throw new StaleEditException("Somebody else has saved.")
            : Task.FromResult(Put(template with { Revision = template.Revision + 1 }));

    public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct) =>
        Task.FromResult(All.RemoveAll(t => t.Id == id) > 0);
}

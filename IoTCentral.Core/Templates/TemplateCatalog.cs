using System.Collections.Concurrent;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Templates;

/// <summary>
/// Templates as everybody else reads them: parsed once, kept in memory, re-read when somebody changes one. No permission
/// is asked here; the services above do that.
/// </summary>
public sealed class TemplateCatalog : IDisposable
{
    private readonly ConcurrentDictionary<(TenantId Tenant, string Id), Task<DeviceTemplate?>> _templates = new();
    private readonly ITemplateStore _store;
    private readonly IDisposable _news;

    public TemplateCatalog(ITemplateStore store, ChangeFeed changes)
    {
        _store = store;
        _news = changes.Listen(Forget);
    }

    /// <summary>The template, or null when there is none with this id (or none is assigned).</summary>
    public async ValueTask<DeviceTemplate?> FindAsync(TenantId tenant, string? id, CancellationToken ct)
    {
        if (id is null)
            return null;
        var key = (tenant, id);
        var loading = _templates.GetOrAdd(key, k => _store.FindAsync(k.Tenant, k.Id, CancellationToken.None));
        try
        {
            return await loading.WaitAsync(ct);
        }
        catch when (loading.IsFaulted)
        {
            // Storage was away: the next one who asks tries again.
            _templates.TryRemove(new(key, loading));
            throw;
        }
    }

    private void Forget(Change change)
    {
        if (change.Kind != ChangeKind.Template)
            return;
        foreach (
            var key in _templates.Keys.Where(k => k.Tenant == change.Tenant && (change.Id is null || k.Id == change.Id))
        )
            _templates.TryRemove(key, out _);
    }

    public void Dispose() => _news.Dispose();
}

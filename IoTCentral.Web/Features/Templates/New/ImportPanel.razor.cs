using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Templates.New;

public sealed partial class ImportPanel
{
    private readonly FormFaults _faults = new();
    private IReadOnlyDictionary<string, int> _lines = new Dictionary<string, int>();
    private TemplateImport? _read;
    private DeviceTemplate? _known;
    private int _next = 1;
    private bool _replaces;
    private bool _busy;

    [Inject]
    private TemplateBook Book { get; set; } = null!;

    [Inject]
    private TemplateSaver Saver { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    private async Task ReadAsync(string text)
    {
        (_read, _known, _replaces) = (null, null, false);
        _faults.Clear();
        if (string.IsNullOrWhiteSpace(text))
            return;
        var read = DtdlReader.Read(text);
        _lines = JsonPlaces.Find(text, read.Faults.Select(f => f.Path).Concat(read.Lines.Select(l => l.Path)));
        _read = read;
        if (read.Template is { } template)
            await Errors.TryAsync(() => FindKnownAsync(template));
    }

    /// <summary>The file may be of a template that is here already, be it in another version.</summary>
    private async Task FindKnownAsync(DeviceTemplate template)
    {
        _known = await Book.FindAsync(Caller, template.Id, CancellationToken.None);
        var family = await Book.FamilyAsync(Caller, template, CancellationToken.None);
        _next = family.Select(f => f.Version).Append(template.Version).Max() + 1;
    }

    private async Task SaveAsync(bool isPublished)
    {
        var template = _read!.Template!;
        if (_known is not null)
            template = template.NewVersion(_next) with { Original = template.Original };
        _busy = true;
        await Saver.AddAsync(
            Caller,
            Application,
            isPublished ? template with { Status = TemplateStatus.Published } : template,
            _faults
        );
        _busy = false;
    }

    private async Task ReplaceAsync()
    {
        var known = _known!;
        var wanted = _read!.Template! with
        {
            Status = known.Status,
            Views = known.Views,
            Revision = known.Revision,
            CreatedAt = known.CreatedAt,
        };
        _busy = true;
        await Saver.ReplaceAsync(Caller, Application, wanted, _faults);
        _busy = false;
    }

    /// <summary>How many of each kind, but for those there are none of.</summary>
    private string Counts(DeviceTemplate template)
    {
        var counts = template
            .Capabilities.Where(c => c.Kind != CapabilityKind.Relationship)
            .GroupBy(c => c.IsCloud ? "Cloud" : c.Kind.ToString())
            .Select(g => L[$"Count{g.Key}{(g.Count() == 1 ? "One" : "Many")}", g.Count()].Value);
        return string.Join(" · ", counts);
    }
}

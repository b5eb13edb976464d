using IoTCentral.Core.Common;

namespace IoTCentral.Core.Templates;

/// <summary>What became of a part of an imported file.</summary>
public enum ImportOutcome
{
    Taken,

    /// <summary>Taken, but not as it was written.</summary>
    Changed,

    /// <summary>Has no effect here; it stays in the file that is exported.</summary>
    LeftOut,

    /// <summary>Taken as it is, with something worth knowing.</summary>
    Note,
}

/// <summary>One line of the import report.</summary>
/// <param name="Path">Where in the file, e.g. <c>contents[3].unit</c>; empty for the whole.</param>
/// <param name="Text">Plain words.</param>
public readonly record struct ImportLine(ImportOutcome Outcome, string Path, string Text);

/// <summary>The answer to reading a template file: the template or all its faults, and what was taken, changed and left out.</summary>
public sealed record TemplateImport
{
    /// <summary>Null when there are <see cref="Faults"/>.</summary>
    public DeviceTemplate? Template { get; init; }
    public required IReadOnlyList<Fault> Faults { get; init; }
    public required IReadOnlyList<ImportLine> Lines { get; init; }

    /// <summary>The template.</summary>
    /// <exception cref="InvalidRequestException"><c>template.invalid</c> with every fault and its path.</exception>
    public DeviceTemplate Get() => Template ?? throw new InvalidRequestException("template.invalid", Faults);
}

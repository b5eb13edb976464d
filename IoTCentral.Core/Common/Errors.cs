namespace IoTCentral.Core.Common;

/// <summary>A refusal that the asker can understand and mend. <see cref="Code"/> is stable and listed in docs/errors.md.</summary>
public abstract class DomainException(string code, string message) : Exception(message)
{
    /// <summary>Stable machine-readable code, <c>feature.reason</c>, e.g. <c>device.id-taken</c>.</summary>
    public string Code { get; } = code;
}

/// <summary>The thing asked for does not exist, or belongs to somebody else (which is told the same way).</summary>
public sealed class NotFoundException(string code, string message) : DomainException(code, message);

/// <summary>The request was right but the state of things has moved on, or an id is taken.</summary>
public sealed class ConflictException(string code, string message) : DomainException(code, message);

/// <summary>The asker edited an older version than the one that is stored.</summary>
public sealed class StaleEditException(string message) : DomainException("edit.stale", message);

/// <summary>The asker may not do this.</summary>
public sealed class ForbiddenException(string code, string message) : DomainException(code, message);

/// <summary>Storage cannot be reached at the moment; asking again later is right.</summary>
public sealed class UnavailableException(string message) : DomainException("storage.unavailable", message);

/// <summary>One fault of a request: where it is and how to mend it.</summary>
/// <param name="Path">Path of the offending part, e.g. <c>contents[3].schema</c>; empty for the whole.</param>
/// <param name="Message">What is wrong and what to do, as a sentence.</param>
public readonly record struct Fault(string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>The request itself is wrong; carries every fault that was found, each with its path.</summary>
public sealed class InvalidRequestException : DomainException
{
    public InvalidRequestException(string code, string message)
        : this(code, [new Fault("", message)]) { }

    public InvalidRequestException(string code, IReadOnlyList<Fault> faults)
        : base(code, string.Join(" ", faults)) => Faults = faults;

    public IReadOnlyList<Fault> Faults { get; }
}

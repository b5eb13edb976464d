using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace IoTCentral.Core.Templates;

/// <summary>Finds a capability by component and name without allocating, also by the UTF-8 bytes of a message.</summary>
public sealed class TemplateIndex
{
    private readonly FrozenDictionary<byte[], ComponentIndex>.AlternateLookup<ReadOnlySpan<byte>> _components;

    internal TemplateIndex(TemplateInterface root)
    {
        var all = new List<Capability>(root.AllContents());
        Root = new ComponentIndex("", [.. all]);
        var components = new List<ComponentIndex> { Root };
        foreach (var component in all.Where(c => c is { Kind: CapabilityKind.Component, Interface: not null }).ToList())
        {
            var contents = component
                .Interface!.AllContents()
                .Select(c => c with { Component = component.Name })
                .ToList();
            components.Add(new ComponentIndex(component.Name, contents));
            all.AddRange(contents);
        }

        All = all;
        Components = components.Skip(1).Select(c => c.Name).ToList();
        // A name that occurs twice is a fault of the model (TemplateRules says so): the first one wins here.
        _components = components
            .DistinctBy(c => c.Name)
            .ToFrozenDictionary(c => Encoding.UTF8.GetBytes(c.Name), Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    internal static TemplateIndex Empty { get; } = new(new TemplateInterface { Id = "" });

    public IReadOnlyList<Capability> All { get; }

    /// <summary>Names of the components, without the root.</summary>
    public IReadOnlyList<string> Components { get; }

    public ComponentIndex Root { get; }

    /// <summary>The component's capabilities; the root for an empty name; null when there is no such component.</summary>
    public ComponentIndex? Component(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? Root
        : _components.TryGetValue(name, out var found) ? found
        : null;

    /// <inheritdoc cref="Component(ReadOnlySpan{byte})"/>
    public ComponentIndex? Component(string name)
    {
        if (name.Length == 0)
            return Root;
        Span<byte> bytes = stackalloc byte[ComponentIndex.MaxNameBytes];
        return Encoding.UTF8.TryGetBytes(name, bytes, out var written) ? Component(bytes[..written]) : null;
    }

    public Capability? Find(string component, string name) => Component(component)?.Find(name);

    public Capability? Find(ReadOnlySpan<byte> component, ReadOnlySpan<byte> name) => Component(component)?.Find(name);
}

/// <summary>The capabilities of one component (or of the root) by name.</summary>
public sealed class ComponentIndex
{
    /// <summary>Longest name in bytes; DTDL v3 allows 512 ASCII characters.</summary>
    internal const int MaxNameBytes = 512;

    private readonly FrozenDictionary<byte[], Capability>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    internal ComponentIndex(string name, IReadOnlyList<Capability> contents)
    {
        Name = name;
        Contents = contents;
        _byName = contents
            .DistinctBy(c => c.Name)
            .ToFrozenDictionary(c => Encoding.UTF8.GetBytes(c.Name), Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Empty for the root.</summary>
    public string Name { get; }
    public IReadOnlyList<Capability> Contents { get; }

    /// <param name="name">Name as UTF-8, without JSON escapes.</param>
    public Capability? Find(ReadOnlySpan<byte> name) => _byName.TryGetValue(name, out var found) ? found : null;

    public Capability? Find(string name)
    {
        Span<byte> bytes = stackalloc byte[MaxNameBytes];
        return Encoding.UTF8.TryGetBytes(name, bytes, out var written) ? Find(bytes[..written]) : null;
    }

    /// <summary>Finds by the property name the reader stands on, escaped or not.</summary>
    public Capability? Find(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped && !reader.HasValueSequence)
            return Find(reader.ValueSpan);
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        // An escape is at most six bytes for one; a longer name cannot be one of ours.
        if (length > 6 * MaxNameBytes)
            return null;
        Span<byte> bytes = stackalloc byte[(int)length];
        return Find(bytes[..reader.CopyString(bytes)]);
    }
}

/// <summary>Compares names by their bytes.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Comparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());
}

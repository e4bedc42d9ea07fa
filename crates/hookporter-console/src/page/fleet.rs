//! All nodes together: who is there, and how the endpoints fare on them.

use hookporter_pipeline::health::Light;
use hookporter_pipeline::nodes::{EndpointReport, Fleet, FleetEndpoint, Node};
use maud::{Markup, html};

use crate::page::view::View;
use crate::page::{marks, parts, text, time};

pub(crate) fn fleet(view: &View, fleet: &Fleet) -> Markup {
    html! {
        section aria-labelledby="nodes" {
            h2 #nodes { "All nodes" }
            @if fleet.is_cut_off {
                div.alarm {
                    p.cause { strong { "This node does not reach the store: how the others are is as of " (fleet.age) " s ago." } }
                    p.next { b { "Next: " } "see that the store answers, and the network to it." }
                }
            }
            table.list {
                caption.unseen { "Endpoints on all nodes together" }
                (parts::heads(false, &["Endpoint", "Worst", "Nodes", "Calls", "Errors"]))
                tbody { @for endpoint in &fleet.endpoints { (endpoint_row(endpoint)) } }
            }
            table.list {
                caption.unseen { "Nodes, times in UTC" }
                (parts::heads(false, &["Node", "Standing", "Last heard of", "Started", "What is wrong"]))
                tbody { @for node in &fleet.nodes { (node_row(view, node)) } }
            }
        }
    }
}

fn endpoint_row(endpoint: &FleetEndpoint) -> Markup {
    html! {
        tr {
            th scope="row" { (text::short(&endpoint.endpoint, 80)) }
            td data-label="Worst" {
                (marks::light(endpoint.light)) " " (marks::doing(endpoint.state))
                @if endpoint.is_paused { ", paused on all nodes" }
            }
            td.number data-label="Nodes" { (parts::number(endpoint.nodes)) }
            td.number data-label="Calls" { (parts::number(endpoint.calls)) }
            td.number data-label="Errors" { (parts::number(endpoint.errors)) }
        }
    }
}

fn node_row(view: &View, node: &Node) -> Markup {
    html! {
        tr {
            th scope="row" { (text::short(&node.name, 80)) @if node.is_here { " " span.dim { "this one" } } }
            td data-label="Standing" {
                @if node.is_up { (marks::light(node.light)) } @else { (marks::caution("gone")) }
            }
            td data-label="Last heard of" { (time::when(node.last_seen, view.now)) }
            td data-label="Started" { (time::when(node.started_at, view.now)) }
            td.error data-label="What is wrong" {
                @for endpoint in node.endpoints.iter().filter(|endpoint| endpoint.light != Light::Green) { (wrong(endpoint)) }
            }
        }
    }
}

fn wrong(endpoint: &EndpointReport) -> Markup {
    html! {
        @if let Some(alarm) = endpoint.alarms.first() {
            div { (marks::light(alarm.light)) " " (text::short(&endpoint.endpoint, 60)) ": " (text::prose(&alarm.message, 200)) }
        }
    }
}

"""Many random questions, asked of the program and of others."""
import collections
import json
import random
import subprocess

import laws
from judgement import UNDECIDED, disagreement, fault, scipy_fault
from questions import Question, forms_of

KINDS = ("central", "extreme", "forbidden")


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, model, points):
        self.process.stdin.write(json.dumps({"model": model, "points": points}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def campaign(program, comparisons, seed):
    """(number of comparisons by kind, of those that no formula decides, and faults)"""
    rng, all_laws = random.Random(seed), laws.all_laws()
    counts, undecided, faults = dict.fromkeys(KINDS, 0), 0, []
    order = []
    while sum(counts.values()) < comparisons:
        if not order:
            order = rng.sample(all_laws, len(all_laws))
        law = order.pop()
        question = Question(rng, law, rng.choice(forms_of(law)))
        for how in ("central", "central", "extreme", "extreme", "forbidden", "forbidden"):
            question.add_point(rng, how)
        answer = program.ask(question.model, [question.position(t) for t in question.points])
        label = f"{law.distribution}({', '.join(law.names)}), {question.form}: {json.dumps(question.model['nodes'])}"
        if question.is_refused() and "refused" in answer:
            continue
        if "refused" in answer:
            faults.append(f"{label}: refused: {answer['refused']}")
            counts["central"] += 1
            continue
        for t, how, found, gradient in zip(question.points, question.kinds, answer["log_density"], answer["gradient"]):
            counts[how] += 1
            wrong = fault(question, t, float(found), [float(slope) for slope in gradient])
            if wrong == UNDECIDED:
                counts[how], undecided = counts[how] - 1, undecided + 1
                continue
            if not wrong and question.form == "plain" and how == "central":
                wrong = scipy_fault(question, t)
            if wrong:
                faults.append(f"{label} at t = {t} ({how}): {wrong}")
    return counts, undecided, faults


def pymc_campaign(program, answers, comparisons, seed):
    """(comparisons made, disagreements: (whose, distribution, form, kind of point, what) -> examples)"""
    rng, all_laws = random.Random(seed), laws.all_laws()
    made, found = 0, collections.defaultdict(list)
    order = []
    while made < comparisons:
        if not order:
            order = rng.sample(all_laws, len(all_laws))
        law = order.pop()
        question = Question(rng, law, rng.choice([form for form in forms_of(law) if form != "free"]))
        for how in ("central", "central", "extreme", "extreme", "forbidden", "forbidden"):
            question.add_point(rng, how)
        answer = program.ask(question.model, [question.position(t) for t in question.points])
        if "refused" in answer:
            continue  # the other campaign says so
        for t, how, ours, gradient in zip(question.points, question.kinds, answer["log_density"], answer["gradient"]):
            theirs = answers.log_density(question, t)
            if theirs is None:
                continue
            made += 1
            whose, what = disagreement(question, t, float(ours), [float(slope) for slope in gradient], theirs)
            if whose:
                key = whose, f"{law.distribution}({', '.join(law.names)})", question.form, how, what
                found[key].append(f"{json.dumps(question.model['nodes'])} at {t}: {ours} and {theirs}")
    return made, found
